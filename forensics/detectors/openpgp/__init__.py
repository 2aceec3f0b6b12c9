"""OpenPGP: keys, messages and signatures, armoured and binary."""
