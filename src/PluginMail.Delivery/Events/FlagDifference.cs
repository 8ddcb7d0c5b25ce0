using System.Collections.Immutable;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>What is to be set and taken away for a message to have some flags; other sessions' changes meanwhile stay.</summary>
/// <param name="Added">What is set.</param>
/// <param name="Removed">What is taken away.</param>
internal sealed record FlagDifference(AddedFlags Added, AddedFlags Removed)
{
    public static FlagDifference None { get; } = new(AddedFlags.None, AddedFlags.None);

    public bool IsNone => Added.IsEmpty && Removed.IsEmpty;

    /// <summary>Equal for equal differences.</summary>
    public (ulong, ulong, string, string) Key =>
        (Added.System.Bits, Removed.System.Bits, string.Join(' ', Added.Keywords), string.Join(' ', Removed.Keywords));

    public IEnumerable<FlagUpdate> Updates
    {
        get
        {
            if (!Added.IsEmpty)
            {
                yield return new FlagUpdate(FlagUpdateMode.Add, Added.System, Added.Keywords);
            }

            if (!Removed.IsEmpty)
            {
                yield return new FlagUpdate(FlagUpdateMode.Remove, Removed.System, Removed.Keywords);
            }
        }
    }

    /// <summary>From the flags that a message has to those that it is to have.</summary>
    /// <param name="flags">What it has.</param>
    /// <param name="names">The same by name.</param>
    /// <param name="wanted">What it is to have.</param>
    public static FlagDifference Between(MessageFlags flags, ImmutableArray<string> names, ImmutableArray<string> wanted)
    {
        if (names.SequenceEqual(wanted, StringComparer.OrdinalIgnoreCase))
        {
            return None; // the common case
        }

        AddedFlags after = CopyFlags.Of(wanted);
        var system = new MessageFlags(flags.Bits & 0xFF);
        string[] keywords = [.. names.Where(static name => !name.StartsWith('\\'))];
        return new FlagDifference(
            new AddedFlags(after.System - system, [.. after.Keywords.Except(keywords, StringComparer.OrdinalIgnoreCase)]),
            new AddedFlags(system - after.System, [.. keywords.Except(after.Keywords, StringComparer.OrdinalIgnoreCase)]));
    }
}
