using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace PluginMail.MailAuth.Tests.Dkim;

public sealed class CanonicalizationTests
{
    [Theory] // the example of RFC 6376 section 3.4.5
    [InlineData("A: X", "a:X", "A: X")]
    [InlineData("B : Y\t\r\n\tZ  ", "b:Y Z", "B : Y\t\r\n\tZ  ")]
    [InlineData("C:", "c:", "C:")]
    [InlineData("C: \t\r\n ", "c:", "C: \t\r\n ")]
    [InlineData("D: one\n two", "d:one two", "D: one\r\n two")]
    [InlineData("E: a\rb", "e:a\rb", "E: a\rb")]
    public void Header_fields(string field, string relaxed, string simple)
    {
        Assert.Equal(relaxed, Canonical(Canonicalization.Relaxed, field));
        Assert.Equal(simple, Canonical(Canonicalization.Simple, field));
    }

    [Theory]
    [InlineData(" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n", " C \r\nD \t E\r\n")] // section 3.4.5 again
    [InlineData("", "", "\r\n")]
    [InlineData("\r\n\r\n", "", "\r\n")]
    [InlineData("a", "a\r\n", "a\r\n")]
    [InlineData("a\r\n \r\n", "a\r\n", "a\r\n \r\n")]
    [InlineData("a\n\n b\r", "a\r\n\r\n b\r\r\n", "a\r\n\r\n b\r\r\n")]
    [InlineData("\r\n\r\na", "\r\n\r\na\r\n", "\r\n\r\na\r\n")]
    [InlineData("a \rb\r\r\n", "a \rb\r\r\n", "a \rb\r\r\n")]
    public void Bodies_however_they_are_cut(string body, string relaxed, string simple)
    {
        for (int cut = 1; cut <= Math.Max(1, body.Length); cut++)
        {
            AssertBody(Canonicalization.Relaxed, body, cut, relaxed);
            AssertBody(Canonicalization.Simple, body, cut, simple);
        }
    }

    /// <summary>Against the plainest reading of RFC 6376 section 3.4.4 there is.</summary>
    [Fact]
    public void Random_bodies()
    {
        var random = new Random(6376);
        for (int i = 0; i < 500; i++)
        {
            string[] parts = ["word", "x", " ", "  ", "\t", "\r\n", "\r\n", "\r", new string('y', 600), "a b c d"];
            string body = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => parts[random.Next(parts.Length)]));
            string[] lines = [.. body.Split("\r\n").Select(line => System.Text.RegularExpressions.Regex.Replace(line, "[ \t]+", " ").TrimEnd(' '))];
            string joined = string.Join("\r\n", lines);
            while (joined.EndsWith("\r\n", StringComparison.Ordinal))
            {
                joined = joined[..^2];
            }

            AssertBody(Canonicalization.Relaxed, body, random.Next(1, 700), joined.Length == 0 ? "" : joined + "\r\n");
        }
    }

    [Fact]
    public void A_limit_hashes_the_first_octets_alone()
    {
        var hash = new BodyHash(Canonicalization.Simple, 3);
        hash.Append("ab"u8);
        hash.Append("cdef"u8);
        hash.Append("gh"u8);
        hash.Finish();
        Assert.Equal(8, hash.CanonicalLength);
        Assert.Equal(SHA256.HashData("abc"u8), hash.Digest.ToArray());
    }

    private static void AssertBody(Canonicalization form, string body, int cut, string expected)
    {
        var hash = new BodyHash(form, null);
        var canonicalizer = new BodyCanonicalizer(form, [hash]);
        foreach (byte[] piece in Encoding.Latin1.GetBytes(body).Chunk(cut))
        {
            canonicalizer.Append(piece);
        }

        canonicalizer.Finish();
        hash.Finish();
        Assert.Equal(expected.Length, hash.CanonicalLength);
        Assert.Equal(SHA256.HashData(Encoding.Latin1.GetBytes(expected)), hash.Digest.ToArray());
    }

    private static string Canonical(Canonicalization form, string field)
    {
        var output = new ArrayBufferWriter<byte>();
        HeaderCanonicalization.Write(form, Encoding.Latin1.GetBytes(field), output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
