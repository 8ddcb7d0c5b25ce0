// Refuses clients that greet with a name of ours: only forgers do.
//
//   [scripts.refuse-greeting]
//   names = ["example.org", "mail.example.org"]

using System.Net;

var names = Settings.GetStrings("names", ["localhost"]);

OnGreet(context =>
    names.Contains(context.Session.HelloName, StringComparer.OrdinalIgnoreCase)
        && context.Session.RemoteEndPoint is { } client && !IPAddress.IsLoopback(client.Address)
        ? Refuse($"{context.Session.HelloName} is not your name")
        : Pass);
