"""Pages and databases of online shops and marketplaces: labels and structure only, no named market."""
