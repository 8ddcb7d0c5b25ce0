using System.Collections.Immutable;
using System.Text;

namespace PluginMail.Abstractions;

/// <summary>What is most often asked of a message, in one word each.</summary>
public static class MessageReading
{
    private const int LongestText = 1 << 20;

    extension(IMessageView message)
    {
        /// <summary>Whether it came from outside.</summary>
        public bool IsIncoming => message.Direction == Direction.Incoming;

        /// <summary>Whether an account here sends it.</summary>
        public bool IsOutgoing => message.Direction == Direction.Outgoing;

        /// <summary>The envelope's sender; null is the null sender.</summary>
        public EmailAddress? Sender => message.Envelope.Sender;

        /// <summary>The envelope's recipients.</summary>
        public ImmutableArray<EmailAddress> Recipients => message.Envelope.Recipients;

        /// <summary>The decoded subject; empty where there is none.</summary>
        public string Subject => message.Header("Subject") ?? "";

        /// <summary>The first address in From; null where there is none that can be read. What a message claims to be is told by all <c>Authors</c>.</summary>
        public EmailAddress? From => message.Authors.FirstOrDefault();

        /// <summary>The addresses in From, as a rule one (RFC 5322 section 3.6.2).</summary>
        public ImmutableArray<EmailAddress> Authors => message.Addresses("From");

        /// <summary>The parts that have a file name or are meant as attachments.</summary>
        public IEnumerable<MessagePart> Attachments => message.Parts.Where(part => part.IsAttachment || part.FileName is not null);

        /// <summary>The decoded value of the first header field of a name.</summary>
        /// <param name="name">The name, whatever its case.</param>
        /// <returns>The value; null where there is none.</returns>
        public string? Header(string name)
        {
            foreach (var header in message.Headers)
            {
                if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return header.Value;
                }
            }

            return null;
        }

        /// <summary>The addresses in the header fields of a name, read by <see cref="AddressList"/>.</summary>
        /// <param name="name">The name, whatever its case: From, To, Cc, Reply-To and the like.</param>
        /// <returns>The addresses, in their order.</returns>
        public ImmutableArray<EmailAddress> Addresses(string name) =>
        [
            .. message.Headers
                .Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .SelectMany(static header => AddressList.Parse(Encoding.UTF8.GetString(header.RawValue.Span))),
        ];

        /// <summary>The text of the first part of type text/plain, as far as it is in UTF-8 or ASCII; its first megabyte.</summary>
        /// <returns>The text; empty where there is none.</returns>
        public string ReadText()
        {
            var part = message.Parts.FirstOrDefault(part => part.MediaType == "text/plain" && !part.IsAttachment);
            if (part is null)
            {
                return "";
            }

            using var stream = message.OpenDecoded(part);
            byte[] octets = new byte[Math.Clamp(part.Length, 0, LongestText)];
            int length = stream.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(octets, 0, length);
        }
    }
}
