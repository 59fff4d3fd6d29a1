#!lua flags=no-writes
-- A room's state with the version that it has.
-- KEYS[1] room hash
-- KEYS[2] state
-- Returns false when the room is absent, else {version, value}.
local hash, state = KEYS[1], KEYS[2]

local version = redis.call('HGET', hash, 'stateVersion')
if not version then return false end
return { version, redis.call('GET', state) or '{}' }
