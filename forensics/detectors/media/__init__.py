"""Pictures, films and what cameras write into them."""
