using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace PluginMail.Smtp.Tests;

public sealed class DataScannerTests
{
    private static readonly Gen<string> Inputs =
        Gen.ArrayOf(Gen.Frequency(
            (4, Gen.Elements("\r\n", "\r\n.", "\r\n..", ".")),
            (4, Gen.Elements("a", "some text that is longer than a vector of octets is wide", "bc")),
            (1, Gen.Elements("\r", "\n"))))
        .Select(string.Concat);

    /// <summary>Smuggling payloads: none of them ends a message, and the session finds the real end.</summary>
    public static TheoryData<string> Smuggling() =>
    [
        "a\n.\n", "a\r.\r", "a\n.\r\n", "a\r\n.\n", "a\r\n.\r", "a\r.\r\n", "a\r\r\n.\n", "a\n\n.\n\n", "a\n.\r", "a\r.\n", "a\r\n.\0\r\n\n", "a\r\r.\r\r",
        ".\n", ".\r", "\n.\r\n", "\r.\r\n", "a\r\n.\r\r\n", "a\r\n..\n", "\n",
    ];

    [Theory]
    [MemberData(nameof(Smuggling))]
    public void Refuses_bare_line_ends_and_stays_in_step(string payload)
    {
        Scanned scanned = Scan([.. Bytes(payload + "\r\n.\r\nNEXT").Select(octet => new[] { octet })]);
        Assert.True(scanned.IsBroken);
        Assert.True(scanned.IsEnd);
        Assert.Equal("NEXT", scanned.Rest);
    }

    [Theory]
    [InlineData(".\r\n", "")]
    [InlineData("\r\n.\r\n", "\r\n")]
    [InlineData("a\r\n.\r\n", "a\r\n")]
    [InlineData("..\r\n.\r\n", ".\r\n")]
    [InlineData(".a\r\n.\r\n", "a\r\n")]
    [InlineData("...\r\n.\r\n", "..\r\n")]
    [InlineData("a.\r\n.\r\n", "a.\r\n")]
    [InlineData("a\r\n..\r\n.\r\n", "a\r\n.\r\n")]
    public void Takes_transparency_away(string input, string message)
    {
        Scanned scanned = Scan([Bytes(input + "NEXT")]);
        Assert.Equal(new Scanned(message, "NEXT", IsEnd: true, IsBroken: false), scanned);
    }

    [Fact]
    public void Does_the_same_however_the_input_is_cut() => Prop.ForAll(
        Inputs.Two().SelectMany(pair => Gen.ListOf(Gen.Choose(1, 40)).Select(cuts => (pair.Item1 + "\r\n.\r\n" + pair.Item2, cuts))).ToArbitrary(),
        test => Scan(Cut(Bytes(test.Item1), test.cuts)) == ByOctet(test.Item1)).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static Scanned Scan(IEnumerable<byte[]> pieces)
    {
        var scanner = default(DataScanner);
        var message = new StringBuilder();
        var rest = new StringBuilder();
        bool isEnd = false;
        foreach (byte[] piece in pieces)
        {
            int at = 0;
            while (at < piece.Length && !isEnd)
            {
                DataStep step = scanner.Next(piece.AsSpan(at));
                if (step.IsText)
                {
                    message.Append(Encoding.Latin1.GetString(piece, at, step.Consumed));
                }

                at += step.Consumed;
                isEnd = step.IsEnd;
            }

            rest.Append(Encoding.Latin1.GetString(piece, at, piece.Length - at));
        }

        // What is passed on of a message that is refused does not matter.
        return new Scanned(scanner.HasBareLineEnd ? "" : message.ToString(), rest.ToString(), isEnd, scanner.HasBareLineEnd);
    }

    // The definition, one octet at a time.
    private static Scanned ByOctet(string input)
    {
        string framed = "\r\n" + input;
        int end = framed.IndexOf("\r\n.\r\n", StringComparison.Ordinal);
        string body = framed[..(end + 2)];
        bool isBroken = body.Replace("\r\n", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n');
        string message = body.Replace("\r\n.", "\r\n", StringComparison.Ordinal)[2..];
        return new Scanned(isBroken ? "" : message, framed[(end + 5)..], IsEnd: true, isBroken);
    }

    private static IEnumerable<byte[]> Cut(byte[] input, List<int> cuts)
    {
        int at = 0;
        for (int i = 0; at < input.Length; i++)
        {
            int length = Math.Min(cuts.Count == 0 ? input.Length : cuts[i % cuts.Count], input.Length - at);
            yield return input[at..(at + length)];
            at += length;
        }
    }

    private static byte[] Bytes(string latin1) => Encoding.Latin1.GetBytes(latin1);

    private sealed record Scanned(string Message, string Rest, bool IsEnd, bool IsBroken);
}
