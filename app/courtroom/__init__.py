"""What is shown to a court: full screen, one statement at a time, each bound to bytes of the evidence."""
