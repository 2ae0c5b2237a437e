"""What `qiyou doctor` is made of: checks, the faults of past games, and the support bundle."""
