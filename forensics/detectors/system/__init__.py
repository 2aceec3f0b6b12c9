"""What operating systems write down by themselves: programs run, files opened and deleted, devices connected."""
