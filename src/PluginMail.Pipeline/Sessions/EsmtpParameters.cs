using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>Takes the parameters of MAIL and RCPT apart for those who ask (RFC 5321 section 4.1.2). The command's parser has found them well formed.</summary>
internal static class EsmtpParameters
{
    public static ImmutableArray<EsmtpParameter> Read(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        var parameters = ImmutableArray.CreateBuilder<EsmtpParameter>();
        foreach (Range range in text.AsSpan().Split(' '))
        {
            ReadOnlySpan<char> parameter = text.AsSpan()[range];
            int equals = parameter.IndexOf('=');
            if (!parameter.IsEmpty)
            {
                parameters.Add(equals < 0
                    ? new EsmtpParameter(parameter.ToString(), null)
                    : new EsmtpParameter(parameter[..equals].ToString(), parameter[(equals + 1)..].ToString()));
            }
        }

        return parameters.DrainToImmutable();
    }
}
