"""What `qiyou install-service` writes."""
