-- Ended, not unknown: nobody may use the life again.
local function end_life(lives, ended, life, memory_ms)
  local now = now_ms()
  redis.call('ZREM', lives, life)
  redis.call('ZADD', ended, text(now), life)
  redis.call('ZREMRANGEBYSCORE', ended, '-inf', text(now - memory_ms))
  redis.call('PEXPIRE', ended, text(memory_ms))
end
