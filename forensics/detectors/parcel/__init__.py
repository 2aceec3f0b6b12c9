"""Numbers of parcels and registered letters."""
