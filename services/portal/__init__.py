"""The portal: pages for people, in Chinese and English, made of what the services answer. It holds no business data."""
