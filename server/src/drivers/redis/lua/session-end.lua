#!lua flags=allow-oom
-- Ends a session, and forgets whose it was as far as that can be; one that is not here leaves a mark,
-- so that nothing restores it.
-- KEYS[1] session hash
-- KEYS[2] the user's sessions by expiry
-- ARGV[1] session id
-- ARGV[2] user id
-- ARGV[3] life of the mark in ms
-- Returns 1, or 0 when it was ended before.
local session, index = KEYS[1], KEYS[2]
local session_id, user_id, mark_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])
--@include session-index.lua

local now = text(now_ms())
local ended_at = redis.call('HGET', session, 'endedAt')
if not ended_at then
  local expires_at = text(now + mark_ms)
  redis.call('HSET', session, 'id', session_id, 'userId', user_id, 'salt', '', 'generation', '0',
    'createdAt', now, 'rotatedAt', now, 'seenAt', '', 'expiresAt', expires_at, 'lastUsedAt', now)
  keep_session(session, index, session_id, expires_at)
end
redis.call('HSET', session, 'nickname', '', 'address', '', 'userAgent', '')
if ended_at and ended_at ~= '' then return 0 end
redis.call('HSET', session, 'endedAt', now)
return 1
