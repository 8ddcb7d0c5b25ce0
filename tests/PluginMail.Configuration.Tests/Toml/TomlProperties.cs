using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Tests.Toml;

/// <summary>What holds for every input: nothing throws, and the tree is the text.</summary>
public sealed class TomlProperties
{
    private static readonly string[] Pieces =
    [
        "a", "b.c", "\"q\"", "'l'", " = ", "=", "[", "]", "[[", "]]", "{", "}", ",", ".", "\n", "\r\n", "\r", " ", "\t", "# c", "1", "0x_", "1.5e3",
        "true", "inf", "1979-05-27", "T07:32:00Z", "\"\"\"", "'''", "\\", "\\u00E9", "\"", "'", "é", "🙂", "\0", "\uFEFF", "[t]\n", "a = 1\n", "[[l]]\n",
    ];

    [Fact]
    public void Any_sequence_of_pieces_is_kept_and_judged() =>
        Check(Gen.ArrayOf(Gen.Elements(Pieces)).Select(static pieces => string.Concat(pieces)));

    [Fact]
    public void Any_text_is_kept_and_judged() => Check(ArbMap.Default.GeneratorFor<string>().Where(static t => t is not null));

    [Fact]
    public void Any_octets_are_judged() =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static octets =>
        {
            var document = TomlDocument.Parse(octets);
            return document.Errors.Count > 0 || document.ToUtf8().AsSpan().SequenceEqual(octets);
        }));

    [Fact]
    public void Set_then_read_gives_the_value_and_remove_gives_the_document_back() =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(
            Arb.From(ArbMap.Default.GeneratorFor<string>().Where(static t => t is not null).Two()), static pair =>
        {
            string key = Clean(pair.Item1);
            string value = Clean(pair.Item2);
            var document = TomlDocument.Parse("# note\n[t] # table\nother\t=\t1\n\n[u]\n");
            var edited = TomlEditor.Set(document, ["t"], "k" + key, value);
            bool isThere = edited.Errors.Count == 0
                && edited.Root.TryGet("t", out var t) && ((TomlTable)t.Value).TryGet("k" + key, out var entry)
                && ((TomlScalar)entry.Value).Value.Equals(value);
            return isThere && TomlEditor.Remove(edited, ["t"], "k" + key).ToString() == document.ToString();
        }));

    [Fact]
    public void Mutations_of_the_shipped_file_never_throw()
    {
        byte[] original = File.ReadAllBytes(Path.Combine(Repository.Root, "mail.toml"));
        var random = new Random(20261121);
        for (int round = 0; round < 200; round++)
        {
            byte[] mutated = Uncommented(original, random);
            for (int i = random.Next(1, 8); i > 0; i--)
            {
                mutated = Mutate(mutated, random);
            }

            var result = ConfigurationFile.Parse(mutated, "mail.toml");
            Assert.Equal(result.IsUsable, !result.Errors.Any());
            Assert.All(result.Findings, static f => Assert.NotEmpty(f.ToString()));
        }
    }

    private static void Check(Gen<string> texts) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(60), Prop.ForAll(Arb.From(texts), static text =>
        {
            var document = TomlDocument.Parse(text);
            var result = ConfigurationFile.Parse(Encoding.UTF8.GetBytes(text), "mail.toml");
            return document.ToString() == text && result.IsUsable == !result.Errors.Any();
        }));

    // TOML holds Unicode scalar values; a lone surrogate is none.
    private static string Clean(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static byte[] Uncommented(byte[] original, Random random)
    {
        string[] lines = Encoding.UTF8.GetString(original).Split('\n');
        return Encoding.UTF8.GetBytes(string.Join('\n', lines.Select(l => l.StartsWith('#') && random.Next(2) == 0 ? l[1..] : l)));
    }

    private static byte[] Mutate(byte[] octets, Random random)
    {
        var list = octets.ToList();
        int at = random.Next(list.Count);
        switch (random.Next(4))
        {
            case 0:
                list[at] = (byte)random.Next(256);
                break;
            case 1:
                list.RemoveRange(at, Math.Min(random.Next(1, 20), list.Count - at));
                break;
            case 2:
                list.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                break;
            default:
                list.InsertRange(at, list.GetRange(at, Math.Min(random.Next(1, 40), list.Count - at)));
                break;
        }

        return [.. list];
    }
}
