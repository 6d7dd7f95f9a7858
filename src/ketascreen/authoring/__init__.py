"""What the authors of rules work with: cases, and what they show."""
