#!lua
-- Keeps a session until it is over.
-- KEYS[1] session hash
-- KEYS[2] the user's sessions by expiry
-- ARGV[1] 1: only while it is absent
-- ARGV[2] session id
-- ARGV[3] expiresAt
-- ARGV[4..] field/value pairs
-- Returns 1, or 0 when it was here.
local session, index = KEYS[1], KEYS[2]
local only_absent, session_id, expires_at = ARGV[1] == '1', ARGV[2], ARGV[3]
--@include session-index.lua

if only_absent and redis.call('EXISTS', session) == 1 then return 0 end
redis.call('HSET', session, unpack(ARGV, 4))
keep_session(session, index, session_id, expires_at)
return 1
