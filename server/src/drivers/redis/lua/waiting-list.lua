#!lua flags=no-writes
-- Who waits at a room's door.
-- KEYS[1] room hash
-- KEYS[2] waiting hash
-- Returns false when the room is absent, else {rev, users and their values of the waiting hash in turn}.
local hash, waiting = KEYS[1], KEYS[2]

local rev = redis.call('HGET', hash, 'rev')
if not rev then return false end
return { rev, redis.call('HGETALL', waiting) }
