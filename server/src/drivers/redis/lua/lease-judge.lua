#!lua flags=allow-oom
-- Judges lives: those whose lease has run out are over from now on, even if they come to renew it.
-- KEYS[1] lives by the end of their lease
-- KEYS[2] lives that ended or were judged dead, by time
-- ARGV[1] for how long ended lives are remembered, in ms
-- ARGV[2..] lives
-- Returns those that are over.
local lives, ended, memory_ms = KEYS[1], KEYS[2], tonumber(ARGV[1])
--@include time.lua
--@include end-life.lua

local over = {}
for i = 2, #ARGV do
  local life = ARGV[i]
  local ends_at = redis.call('ZSCORE', lives, life)
  if not ends_at or tonumber(ends_at) <= now_ms() then
    end_life(lives, ended, life, memory_ms)
    over[#over + 1] = life
  end
end
return over
