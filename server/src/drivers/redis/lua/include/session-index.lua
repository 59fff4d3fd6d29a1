--@include time.lua

-- Keeps a session until its end and lists it among its user's; forgets those that are over.
local function keep_session(session, index, session_id, expires_at)
  redis.call('PEXPIREAT', session, expires_at)
  redis.call('ZREMRANGEBYSCORE', index, '-inf', text(now_ms()))
  redis.call('ZADD', index, expires_at, session_id)
  if redis.call('PEXPIRETIME', index) < tonumber(expires_at) then
    redis.call('PEXPIREAT', index, expires_at)
  end
end
