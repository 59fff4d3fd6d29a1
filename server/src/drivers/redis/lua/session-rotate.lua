#!lua
-- Answers a refresh token that was shown with the generation of the next one, or ends the session.
-- KEYS[1] session hash
-- ARGV[1] session id
-- ARGV[2] generation of the token that was shown
-- ARGV[3] expiresAt of the session if it moves on
-- ARGV[4] grace in ms
-- ARGV[5] how the name of the key with a user's sessions begins
-- ARGV[6] address of who shows the token
-- ARGV[7] user agent
-- ARGV[8..] fields to answer
-- Returns {'rotated' | 'reused', values of the fields}, {'ended'} or {'absent'}.
local session = KEYS[1]
local session_id, shown, expires_at = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local grace_ms, index_prefix = tonumber(ARGV[4]), ARGV[5]
local address, user_agent = ARGV[6], ARGV[7]
--@include session-index.lua

local row = redis.call('HMGET', session, 'generation', 'seenAt', 'endedAt', 'userId')
if not row[1] then return { 'absent' } end
if row[3] ~= '' then return { 'ended' } end
local current, seen_at = tonumber(row[1]), row[2]
local now = now_ms()
local status = 'rotated'
if shown >= current then
  redis.call('HSET', session, 'generation', text(shown + 1), 'rotatedAt', text(now), 'seenAt', '',
    'expiresAt', expires_at)
  keep_session(session, index_prefix .. row[4], session_id, expires_at)
elseif shown ~= current - 1 or (seen_at ~= '' and now > seen_at + grace_ms) then
  redis.call('HSET', session, 'endedAt', text(now))
  status = 'reused'
end
if status == 'rotated' then
  redis.call('HSET', session, 'lastUsedAt', text(now), 'address', address, 'userAgent', user_agent)
end
return { status, redis.call('HMGET', session, unpack(ARGV, 8)) }
