using PluginMail.Plugins.Generations;
using PluginMail.Plugins.Roles;

namespace PluginMail.Plugins;

/// <content>What it does by itself: looks at folders and scripts that may have changed, and loads what has.</content>
public sealed partial class PluginHost
{
    private const int LooksUntilTold = 3;

    /// <summary>After so many failures looks are not made rarer any more: every one and a half minutes.</summary>
    private const int MostLookFactor = LooksUntilTold + 8;

    /// <summary>
    /// A net below the watches, which do not tell of folders that are exchanged, that a link on the way to them leads elsewhere, or of what happens on a
    /// file system of another machine: scripts are read again, and new folders are watched.
    /// </summary>
    private async Task LookAroundAsync()
    {
        try
        {
            await _changing.WaitAsync(_stopping.Token);
            try
            {
                _watch.Renew();
                _scripts.Renew();
                foreach (var plugin in _plugins.Where(plugin => (plugin.Settings.Script is not null || plugin.Slot.IsUnfinished) && plugin.Slot.FailedLooks == 0))
                {
                    _watch.Touch(plugin.Slot.Name);
                }
            }
            finally
            {
                _changing.Release();
            }
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            PluginsLog.LookFailed(_log, "*", FaultText.Trace(e));
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    /// <summary>A folder has changed and been quiet: loads it when its content is new and no longer being written.</summary>
    private async Task LookAsync(string name)
    {
        try
        {
            await _changing.WaitAsync(_stopping.Token);
            try
            {
                if (Find(name) is { } plugin)
                {
                    await LookAsync(plugin);
                }
            }
            finally
            {
                _changing.Release();
            }
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            PluginsLog.LookFailed(_log, name, FaultText.Trace(e));
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task LookAsync(Placed plugin)
    {
        try
        {
            string? hash = ComputeHash(plugin.Settings);
            if (hash is null)
            {
                BeReadable(plugin.Slot);
                return;
            }

            if (hash == plugin.Slot.FailedHash && plugin.Slot.IsUnfinished)
            {
                LookForTheRest(plugin.Slot);
                return;
            }

            BeReadable(plugin.Slot);
            if (hash == plugin.Slot.Current?.Hash || hash == plugin.Slot.FailedHash)
            {
                TakeBack(plugin.Slot, hash);
                return;
            }

            await Task.Delay(_options.Settle, _clock, _stopping.Token);
            if (ComputeHash(plugin.Settings) == hash)
            {
                await ReplaceAsync(plugin);
                if (plugin.Slot.IsUnfinished)
                {
                    LookForTheRest(plugin.Slot);
                }
            }
            else
            {
                _watch.Touch(plugin.Slot.Name);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LookAgain(plugin.Slot, e);
        }
    }

    /// <summary>
    /// A file that is being written can be read soon. One that still cannot, as a link that leads nowhere, is told of once and looked at less and
    /// less often, until it changes.
    /// </summary>
    private void LookAgain(PluginSlot slot, Exception e)
    {
        int failures = slot.FailedLooks = Math.Min(slot.FailedLooks + 1, MostLookFactor);
        if (failures == LooksUntilTold)
        {
            string error = $"it has changed and cannot be read: {FaultText.Line(e)}";
            (slot.LookError, slot.LastError, slot.FailedHash) = (error, error, null);
            PluginsLog.Unreadable(_log, slot.Name, error);
        }

        LookLater(slot, failures);
    }

    /// <summary>A file was cut off: the rest comes, whether or not the system tells of it.</summary>
    private void LookForTheRest(PluginSlot slot) => LookLater(slot, slot.FailedLooks = Math.Min(slot.FailedLooks + 1, MostLookFactor));

    private void LookLater(PluginSlot slot, int failures) =>
        _watch.Touch(slot.Name, _options.Debounce * (1 << Math.Max(0, failures - LooksUntilTold)));

    private static void BeReadable(PluginSlot slot)
    {
        slot.LastError = slot.LookError is { } told && told == slot.LastError ? null : slot.LastError;
        (slot.LookError, slot.FailedLooks) = (null, 0);
    }

    /// <summary>What failed was taken back: the content is again what serves.</summary>
    private static void TakeBack(PluginSlot slot, string hash)
    {
        if (slot.FailedHash is { } failed && failed != hash)
        {
            (slot.LastError, slot.FailedHash) = (null, null);
        }
    }
}
