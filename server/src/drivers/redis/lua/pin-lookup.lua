#!lua flags=no-writes
-- What the index says of a PIN, and whether it is complete.
-- KEYS[1] PIN
-- KEYS[2] ready mark
-- Returns {value of the PIN or false, since when the index is complete or false}.
local key, ready = KEYS[1], KEYS[2]
--@include pin-index.lua

return { redis.call('GET', key), complete_since(ready) or false }
