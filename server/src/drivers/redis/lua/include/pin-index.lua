--@include replid.lua

-- Since when the index is complete for this life of the data; nil: it is not. `ready` holds
-- `<since> <replid>`: after a change of history the index may lack what the other one had.
local function complete_since(ready)
  local value = redis.call('GET', ready)
  if not value then return nil end
  local since, replid = string.match(value, '^(%d+) (%x+)$')
  return replid == current_replid() and since or nil
end
