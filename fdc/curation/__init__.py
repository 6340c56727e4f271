"""What may be learned from: rules, duplicates, groups, splits, balance and report."""
