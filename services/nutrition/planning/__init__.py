"""Planning: a week's menu found, proved and explained for one canteen, and for all canteens of one class together."""
