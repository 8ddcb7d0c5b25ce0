using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace PluginMail.Imap.Tests;

/// <summary>Whatever octets come, the parsers give a command or an error, and no exception.</summary>
public sealed class ParserFuzzTests
{
    private static readonly string[] Seeds =
    [
        "a LOGIN \"an\\\"na\" {6}\r\nsecret", "a AUTHENTICATE PLAIN AGFubmEAc2VjcmV0", "a ID (\"name\" NIL)", "a SELECT &APw-x",
        "a LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (INBOX \"a%b*\") RETURN (CHILDREN STATUS (MESSAGES UNSEEN))", "a LSUB \"\" %",
        "a CREATE x (USE (\\Sent))", "a STATUS inbox (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)",
        "a APPEND x (\\Seen k1) \" 1-Feb-2026 10:00:00 +0100\" {310}",
        "a FETCH 1:*,5,9:7 (FLAGS BODY.PEEK[1.2.HEADER.FIELDS.NOT (From {2}\r\nTo)]<0.10> RFC822.SIZE ENVELOPE BODY[2.MIME] BODY)",
        "a UID FETCH * ALL", "a STORE 2,4:7 +FLAGS.SILENT (\\Deleted $x)", "a UID STORE 1 FLAGS a b c", "a UID EXPUNGE 1:*", "a MOVE 1 x",
        "a SEARCH CHARSET UTF-8 (OR NOT SUBJECT \"x y\" SENTSINCE 1-Jan-2020) UID 1:* HEADER X-A {1}\r\nq LARGER 7 KEYWORD k",
        "a GETQUOTA \"\"", "a RENAME a b", "a ENABLE A B",
    ];

    [Fact]
    public void Seeds_are_commands()
    {
        foreach (string seed in Seeds)
        {
            Invocation call = Parse(Encoding.Latin1.GetBytes(seed));
            Assert.True(call.Command is not null, $"{seed}: {call.Refusal?.Text}");
        }
    }

    [Fact]
    public void Mutated_commands_never_throw()
    {
        var random = new Random(11);
        for (int i = 0; i < 60_000; i++)
        {
            byte[] octets = Encoding.Latin1.GetBytes(Seeds[random.Next(Seeds.Length)]);
            for (int k = random.Next(1, 4); k > 0 && octets.Length > 2; k--)
            {
                octets = Mutate(octets, random);
            }

            AssertSane(octets);
        }
    }

    [Fact]
    public void Random_octets_never_throw() => Prop.ForAll<byte[]>(octets =>
    {
        AssertSane(octets ?? []);
        AssertSane([.. "a UID SEARCH "u8, .. octets ?? []]);
        AssertSane([.. "a FETCH 1 "u8, .. octets ?? []]);
    }).QuickCheckThrowOnFailure();

    private static byte[] Mutate(byte[] octets, Random random)
    {
        int at = random.Next(2, octets.Length);
        return random.Next(5) switch
        {
            0 => octets[..at],
            1 => [.. octets[..at], (byte)random.Next(256), .. octets[at..]],
            2 => [.. octets[..at], .. octets[(at + 1)..]],
            3 => [.. octets[..at], .. octets[random.Next(2, octets.Length)..]],
            _ => [.. octets[..at], (byte)"(){}[]<>\"\\ *%:,+-0"[random.Next(18)], .. octets[(at + 1)..]],
        };
    }

    private static void AssertSane(byte[] octets)
    {
        Invocation call = Parse(octets);
        Assert.True(call.Command is null != call.Refusal is null);
        Append.IsMessageNext(octets);
        if (call.Refusal is { } refusal)
        {
            Assert.DoesNotContain('\n', refusal.Text);
        }
    }

    private static Invocation Parse(byte[] octets)
    {
        Invocation call = CommandTable.Parse(octets, SessionStates.Selected);
        return call.Verb is null && call.Refusal!.Text.EndsWith("before login", StringComparison.Ordinal)
            ? CommandTable.Parse(octets, SessionStates.NotAuthenticated)
            : call;
    }
}
