#!lua flags=allow-oom
-- Ends a life and gives its tags back.
-- KEYS[1] lives by the end of their lease
-- KEYS[2] owners (tag -> life)
-- KEYS[3] lives that ended or were judged dead, by time
-- ARGV[1] life
-- ARGV[2] for how long ended lives are remembered, in ms
-- Returns how many tags are free now.
local lives, owners, ended = KEYS[1], KEYS[2], KEYS[3]
local life, memory_ms = ARGV[1], tonumber(ARGV[2])
--@include time.lua
--@include end-life.lua

end_life(lives, ended, life, memory_ms)
local freed = 0
local row = redis.call('HGETALL', owners)
for i = 1, #row, 2 do
  if row[i + 1] == life then freed = freed + redis.call('HDEL', owners, row[i]) end
end
return freed
