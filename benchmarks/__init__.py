"""Rule engines that people might pick instead, on the same rules and the same patients. Run it with `make bench`."""
