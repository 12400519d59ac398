"""What notifications does by itself: sending the mails that are due, in the words of the notices."""
