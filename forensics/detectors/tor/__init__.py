"""Files and lines of Tor: keys of onion services, configuration, state, log."""
