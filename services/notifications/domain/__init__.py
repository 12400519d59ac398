"""The rules of notice: which act causes which notice, to whom, by what channel, with what effect."""
