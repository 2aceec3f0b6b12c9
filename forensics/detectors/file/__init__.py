"""Whole files where no file system says that one is: carved by their structure, to an honest end."""
