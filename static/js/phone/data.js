/*
 * What the phone must know as well as the server, from `sipokat/data/`: `limits` as in limits.toml,
 * `levels` as in levels.toml, `signs` as in signs.toml, and `needs_photo`, the keys of the categories
 * that must have a photo. The build (`sipokat/assets.py`) puts the values in.
 */
self.sipokat = { data: SHARED_DATA };
