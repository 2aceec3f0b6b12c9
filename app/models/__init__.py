"""The window models: what tables and trees show, read from the case in a worker thread."""
