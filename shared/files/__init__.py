"""Files that are attached to matters: what they are, where their bytes lie, whether they are clean, who has them."""
