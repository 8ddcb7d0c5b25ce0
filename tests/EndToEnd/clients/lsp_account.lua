-- Neovim's own LSP client with `pluginmail filter lsp --account A`: the server's command as a JSON list in LSP_COMMAND, the script in LSP_FILE.
-- Prints one line a step; the test compares them.
local command = vim.fn.json_decode(vim.env.LSP_COMMAND)
local file = vim.env.LSP_FILE

local function say(...) io.stdout:write(table.concat({ ... }, " ") .. "\n") end
local function wait(what, condition)
  if not vim.wait(120000, condition, 20) then
    say("timeout: " .. what)
    vim.cmd("cquit 1")
  end
end

vim.cmd("edit " .. file)
local buffer = vim.api.nvim_get_current_buf()
local id = vim.lsp.start_client({ name = "pluginmail", cmd = command, root_dir = vim.fn.fnamemodify(file, ":h") })
vim.lsp.buf_attach_client(buffer, id)
local client = vim.lsp.get_client_by_id(id)
wait("initialize", function() return client.initialized end)
wait("diagnostics", function() return #vim.diagnostic.get(buffer) > 0 end)
for _, finding in ipairs(vim.diagnostic.get(buffer)) do say(finding.code, finding.message) end

local function request(method, line, character)
  local answer = client.request_sync(
    method, { textDocument = { uri = vim.uri_from_bufnr(buffer) }, position = { line = line, character = character } }, 120000, buffer)
  return answer.result
end

local labels = {}
for _, item in ipairs(request("textDocument/completion", 2, 10).items) do table.insert(labels, item.label) end
table.sort(labels)
say("complete", table.concat(labels, " "))
say("hover", request("textDocument/hover", 2, 12).contents.value)
client.stop()
wait("exit", function() return client.is_stopped() end)
vim.cmd("qall!")
