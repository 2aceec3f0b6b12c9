"""Writers of file systems, partition tables and images: small, deterministic and without tools."""
