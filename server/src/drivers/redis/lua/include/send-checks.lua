-- The role's letter is upper case once the member has left.
local function is_member(value)
  return value and string.find(value, '^[hps]') ~= nil
end

local function is_listed(hosts, user_id)
  return string.find(',' .. hosts .. ',', ',' .. user_id .. ',', 1, true) ~= nil
end

-- `<1: may write to room> <ms between entries> <types with commas around, empty: all>`; nothing at
-- all where nothing is restricted.
local function read_rules(value)
  if not value or value == '' then return { may_write = '1', slow_ms = '0', types = '' } end
  local may_write, slow_ms, types = string.match(value, '^(%d) (%d+) (.*)$')
  return { may_write = may_write, slow_ms = slow_ms, types = types }
end

-- Whether a role may write to a kind of channel; `addressee`: what the members hash has of the user
-- whose channel it is.
local function may_write(kind, role, rules, addressee)
  if kind == 'room' then return rules.may_write == '1' end
  if kind == 'user' then return role == 'h' and is_member(addressee) end
  return kind == 'host'
end

local function fits_types(rules, entry_type)
  return rules.types == '' or string.find(rules.types, ',' .. entry_type .. ',', 1, true) ~= nil
end
