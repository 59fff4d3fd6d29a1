#!lua flags=allow-oom
-- Notes the first use of a session's current generation, and when and from where it was used last.
-- KEYS[1] session hash
-- ARGV[1] generation of the token that was shown
-- ARGV[2] how long a use is not written down after the last one, ms
-- ARGV[3] address
-- ARGV[4] user agent
-- Returns 1, or 0 when the session is over or not here.
local session, generation, every_ms = KEYS[1], ARGV[1], tonumber(ARGV[2])
local address, user_agent = ARGV[3], ARGV[4]
--@include time.lua

local row = redis.call('HMGET', session, 'generation', 'seenAt', 'endedAt', 'lastUsedAt')
if not row[1] or row[3] ~= '' then return 0 end
local now = now_ms()
if row[1] == generation and row[2] == '' then redis.call('HSET', session, 'seenAt', text(now)) end
if now - (tonumber(row[4]) or 0) >= every_ms then
  redis.call('HSET', session, 'lastUsedAt', text(now), 'address', address, 'userAgent', user_agent)
end
return 1
