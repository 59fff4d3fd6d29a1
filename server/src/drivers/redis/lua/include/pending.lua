--@include time.lua
--@include entry-id.lua

-- How many entries of a stream are above a position (nil: the beginning). Ids are contiguous within
-- an epoch, so it reads two entries at most for each epoch in between, and none of the others.
local function count_pending(stream, position)
  if not position then return redis.call('XLEN', stream) end
  local top = top_id(stream)
  if not top or not is_above(top, position) then return 0 end
  local top_epoch, top_seq = split_id(top)
  local epoch, seq = split_id(position)
  if epoch == top_epoch then return math.min(top_seq - seq, redis.call('XLEN', stream)) end
  local count, from = 0, position
  while from ~= top do
    local first = redis.call('XRANGE', stream, '(' .. from, '+', 'COUNT', 1)[1][1]
    local first_epoch, first_seq = split_id(first)
    local last = top
    if first_epoch ~= top_epoch then
      -- Without its second half an id means the end of its epoch here.
      last = redis.call('XREVRANGE', stream, text(first_epoch), first, 'COUNT', 1)[1][1]
    end
    local _, last_seq = split_id(last)
    count, from = count + last_seq - first_seq + 1, last
  end
  return count
end
