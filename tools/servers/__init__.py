"""Real PostgreSQL and real Apache Kafka for tests, benchmarks and `make up`, gone when whoever started them is gone."""
