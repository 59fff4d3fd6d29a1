#!lua flags=allow-oom
-- Notes the first use of a session's current generation.
-- KEYS[1] session hash
-- ARGV[1] generation
-- Returns 1, or 0 when nothing changed.
local session, generation = KEYS[1], ARGV[1]
--@include time.lua

local row = redis.call('HMGET', session, 'generation', 'seenAt')
if row[1] ~= generation or row[2] ~= '' then return 0 end
redis.call('HSET', session, 'seenAt', text(now_ms()))
return 1
