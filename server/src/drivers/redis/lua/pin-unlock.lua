#!lua flags=allow-oom
-- Gives the right to rebuild the index back, unless it is another's by now.
-- KEYS[1] rebuild lock
-- ARGV[1] holder
-- Returns 1, or 0 when it was not the holder's any more.
local lock, holder = KEYS[1], ARGV[1]

local value = redis.call('GET', lock)
return value and string.match(value, ' (.+)$') == holder and redis.call('DEL', lock) or 0
