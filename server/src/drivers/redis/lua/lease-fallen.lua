#!lua flags=allow-oom
-- Ends the lives whose lease has run out, and lists those that ended of late, whoever ended them.
-- KEYS[1] lives by the end of their lease
-- KEYS[2] lives that ended or were judged dead, by time
-- ARGV[1] for how long ended lives are remembered, in ms
-- Returns pairs: life, when it ended (ms since 1970).
local lives, ended, memory_ms = KEYS[1], KEYS[2], tonumber(ARGV[1])
--@include time.lua
--@include end-life.lua

for _, life in ipairs(redis.call('ZRANGEBYSCORE', lives, '-inf', text(now_ms()))) do
  end_life(lives, ended, life, memory_ms)
end
return redis.call('ZRANGE', ended, 0, -1, 'WITHSCORES')
