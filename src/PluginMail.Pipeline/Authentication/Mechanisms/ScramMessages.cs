using System.Buffers;
using System.Text;

namespace PluginMail.Pipeline.Authentication.Mechanisms;

/// <summary>What the GS2 header says of channel binding (RFC 5802 section 7, gs2-cbind-flag).</summary>
internal enum ScramBinding
{
    /// <summary><c>n</c>: the client knows none.</summary>
    None,

    /// <summary><c>y</c>: the client knows it and thinks that the server does not.</summary>
    NotOffered,

    /// <summary><c>p</c>: the client binds.</summary>
    Required,
}

/// <summary>client-first-message (RFC 5802 section 7).</summary>
/// <param name="Binding">The flag.</param>
/// <param name="BindingName">The kind of binding; null unless it is required.</param>
/// <param name="Identity">The authorization identity; empty for none.</param>
/// <param name="Login">The name.</param>
/// <param name="Nonce">The client's nonce.</param>
/// <param name="Header">The GS2 header as it was sent.</param>
/// <param name="Bare">client-first-message-bare as it was sent.</param>
internal sealed record ScramClientFirst(
    ScramBinding Binding, string? BindingName, string Identity, string Login, string Nonce, string Header, string Bare)
{
    private const int MaximumNonce = 512;
    private static readonly SearchValues<char> NonceCharacters = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Select(static c => (char)c).Where(static c => c != ',')]);

    /// <summary>Reads the message.</summary>
    /// <param name="text">The message, valid UTF-8.</param>
    /// <returns>Null where it is not well formed.</returns>
    public static ScramClientFirst? TryParse(string text)
    {
        int flagEnd = text.IndexOf(',', StringComparison.Ordinal);
        int headerEnd = flagEnd < 0 ? -1 : text.IndexOf(',', flagEnd + 1);
        if (headerEnd < 0 || !TryFlag(text[..flagEnd], out ScramBinding binding, out string? bindingName)
            || !TryIdentity(text[(flagEnd + 1)..headerEnd], out string identity))
        {
            return null;
        }

        string bare = text[(headerEnd + 1)..];
        string[] attributes = bare.Split(',');
        return attributes.Length >= 2
            && attributes[0].StartsWith("n=", StringComparison.Ordinal) && UnescapeName(attributes[0][2..]) is { } login
            && attributes[1].StartsWith("r=", StringComparison.Ordinal) && IsNonce(attributes[1].AsSpan(2))
            && attributes.Skip(2).All(static a => ScramClientFinal.IsExtension(a))
            ? new ScramClientFirst(binding, bindingName, identity, login, attributes[1][2..], text[..(headerEnd + 1)], bare)
            : null;
    }

    private static bool TryFlag(string flag, out ScramBinding binding, out string? name)
    {
        name = null;
        (bool isKnown, binding) = flag switch
        {
            "n" => (true, ScramBinding.None),
            "y" => (true, ScramBinding.NotOffered),
            _ => (flag.StartsWith("p=", StringComparison.Ordinal) && flag.Length > 2, ScramBinding.Required),
        };
        if (binding == ScramBinding.Required && isKnown)
        {
            name = flag[2..];
        }

        return isKnown;
    }

    private static bool TryIdentity(string text, out string identity)
    {
        identity = "";
        if (text.Length == 0)
        {
            return true;
        }

        if (!text.StartsWith("a=", StringComparison.Ordinal) || UnescapeName(text[2..]) is not { } name)
        {
            return false;
        }

        identity = name;
        return true;
    }

    private static bool IsNonce(ReadOnlySpan<char> nonce) =>
        nonce.Length is > 0 and <= MaximumNonce && nonce.IndexOfAnyExcept(NonceCharacters) < 0;

    // saslname: "=2C" is a comma, "=3D" an equals sign, no other "=" stands in it.
    private static string? UnescapeName(string name)
    {
        if (name.Length is 0 or > LoginName.MaximumLength)
        {
            return null;
        }

        var unescaped = new StringBuilder(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] != '=')
            {
                unescaped.Append(name[i]);
                continue;
            }

            switch (name.AsSpan(i + 1))
            {
                case ['2', 'C', ..]:
                    unescaped.Append(',');
                    break;
                case ['3', 'D', ..]:
                    unescaped.Append('=');
                    break;
                default:
                    return null;
            }

            i += 2;
        }

        return unescaped.ToString();
    }
}

/// <summary>client-final-message (RFC 5802 section 7).</summary>
/// <param name="Binding">The GS2 header with the binding's octets.</param>
/// <param name="Nonce">Both nonces.</param>
/// <param name="Proof">ClientProof, 32 octets.</param>
/// <param name="WithoutProof">client-final-message-without-proof as it was sent.</param>
internal sealed record ScramClientFinal(byte[] Binding, string Nonce, byte[] Proof, string WithoutProof)
{
    private const int ProofLength = 32;

    /// <summary>Reads the message.</summary>
    /// <param name="text">The message, valid UTF-8.</param>
    /// <returns>Null where it is not well formed.</returns>
    public static ScramClientFinal? TryParse(string text)
    {
        string[] attributes = text.Split(',');
        if (attributes.Length < 3
            || !attributes[0].StartsWith("c=", StringComparison.Ordinal) || !SaslBase64.TryDecode(attributes[0].AsSpan(2), out byte[]? binding)
            || !attributes[1].StartsWith("r=", StringComparison.Ordinal)
            || !attributes[^1].StartsWith("p=", StringComparison.Ordinal) || !SaslBase64.TryDecode(attributes[^1].AsSpan(2), out byte[]? proof)
            || proof.Length != ProofLength
            || !attributes[2..^1].All(IsExtension))
        {
            return null;
        }

        return new ScramClientFinal(binding, attributes[1][2..], proof, text[..(text.Length - attributes[^1].Length - 1)]);
    }

    /// <summary>Whether an attribute is an optional extension, which is passed over: a letter that has no meaning yet, and a value.</summary>
    public static bool IsExtension(string attribute) =>
        attribute.Length > 2 && char.IsAsciiLetter(attribute[0]) && attribute[1] == '=' && attribute[0] is not ('m' or 'n' or 'r' or 'c' or 'p' or 'a');
}
