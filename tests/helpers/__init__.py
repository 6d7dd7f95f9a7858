"""What tests of any part may be built on."""
