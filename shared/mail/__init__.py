"""E-mail out: what a mail is, and the two ways to get rid of a batch of them, SMTP and a folder."""
