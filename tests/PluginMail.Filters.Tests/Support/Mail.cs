using System.Text;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Tests.Support;

/// <summary>Real messages for scripts, and what came of them.</summary>
internal static class Mail
{
    public static FilterEnvelope Envelope { get; } = new()
    {
        From = "coyote@desert.example.org",
        To = "roadrunner@acme.example.com",
        OriginalTo = "roadrunner@acme.example.com",
        OwnerAddresses = ["roadrunner@acme.example.com", "rr@acme.example.com"],
    };

    public static FilterInput Input(string message, FilterEnvelope? envelope = null)
    {
        var octets = Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n"));
        return new(MimeFilterMessage.Of(octets), envelope ?? Envelope);
    }

    public static FilterResult Run(string script, string message = Scripts.MessageA, FilterEnvelope? envelope = null) =>
        Scripts.Compile(script).Run(Input(message, envelope));

    /// <summary>Whether a test is true of a message with its body.</summary>
    public static bool IsTrue(string require, string test, string message, FilterContext? context = null)
    {
        var input = Input(message);
        var result = Scripts.Compile($"require [{require}]; if {test} {{ discard; }}").Run(context is null ? input : input.ForRecipient(Envelope, context));
        Assert.Null(result.Error);
        return result.Effects is [FilterEffect.Discard];
    }

    /// <summary>The effects in words.</summary>
    public static string Effects(string script, string message = Scripts.MessageA, FilterEnvelope? envelope = null)
    {
        var result = Run(script, message, envelope);
        Assert.Null(result.Error);
        return string.Join("; ", result.Effects);
    }

    /// <summary>The only effect of a kind.</summary>
    public static T Single<T>(string script, string message = Scripts.MessageA, FilterEnvelope? envelope = null)
        where T : FilterEffect
    {
        var result = Run(script, message, envelope);
        Assert.Null(result.Error);
        return Assert.Single(result.Effects.OfType<T>());
    }
}
