using System.Collections.Frozen;

namespace PluginMail.Smtp;

/// <summary>The verbs of SMTP, and the search for one.</summary>
internal static class VerbTable
{
    private const int MaximumVerbLength = 8;

    /// <summary>All verbs, in the order HELP shows them: those that greet depend on the flavour.</summary>
    public static readonly Verb[] All =
    [
        EhloCommand.Verb, HeloCommand.Verb, LhloCommand.Verb, MailCommand.Verb, RcptCommand.Verb, DataCommand.Verb, BdatCommand.Verb, RsetCommand.Verb,
        NoopCommand.Verb, VrfyCommand.Verb, ExpnCommand.Verb, HelpCommand.Verb, StartTlsCommand.Verb, AuthCommand.Verb, QuitCommand.Verb,
    ];

    private static readonly FrozenDictionary<ulong, Verb> ByKey = Index(All);

    /// <summary>Parts a line into verb and argument.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="argument">What stands behind the verb, without spaces around it.</param>
    /// <returns>The verb; null where it is not known.</returns>
    public static Verb? Find(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> argument)
    {
        int space = line.IndexOf((byte)' ');
        argument = space < 0 ? default : line[space..].Trim((byte)' ');
        return ByKey.GetValueOrDefault(Key(space < 0 ? line : line[..space]));
    }

    /// <summary>Makes the table's index.</summary>
    /// <exception cref="InvalidOperationException">A name has too many letters or something else in it: every unknown command would find it.</exception>
    internal static FrozenDictionary<ulong, Verb> Index(IReadOnlyList<Verb> verbs) => verbs.ToFrozenDictionary(static verb =>
        Key(System.Text.Encoding.ASCII.GetBytes(verb.Name)) is var key and not 0
            ? key
            : throw new InvalidOperationException($"{verb.Name}: a verb has at most {MaximumVerbLength} letters, and nothing but letters"));

    // The letters in upper case, one an octet; 0, which no verb has, for anything else.
    private static ulong Key(ReadOnlySpan<byte> name)
    {
        if (name.Length > MaximumVerbLength)
        {
            return 0;
        }

        ulong key = 0;
        foreach (byte octet in name)
        {
            if (!char.IsAsciiLetter((char)octet))
            {
                return 0;
            }

            key = (key << 8) | (octet & 0xdfu);
        }

        return key;
    }
}
