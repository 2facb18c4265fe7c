"""Where canteens and cooperatives are: read copies of what others register."""
